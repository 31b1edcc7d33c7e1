// Starts the sandbox page.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { AdaptiveCard } from 'adaptivecards';
import { z } from 'zod';
import { htmlOf } from './markdown.ts';
import { Sandbox } from './Sandbox.tsx';

// Schemas run interpreted: compiling them needs eval, which the page's content security policy forbids.
z.config({ jitless: true });

AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = htmlOf(text);
  result.didProcess = true;
};

createRoot(document.getElementById('root')!).render(<StrictMode><Sandbox /></StrictMode>);
