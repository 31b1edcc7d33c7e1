// zod without compiled schemas, which would need eval, and that the page's content security policy forbids. Set before any schema is made.
import { z } from 'zod';

z.config({ jitless: true });

export { z };
