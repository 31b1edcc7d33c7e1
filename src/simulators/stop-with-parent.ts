// Loaded first into a child process: ends it when its parent lets go of it or dies, by whatever signal.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
