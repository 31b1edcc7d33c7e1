// Starts the sandbox page.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { AdaptiveCard } from 'adaptivecards';
import { htmlOf } from './markdown.ts';
import { Sandbox } from './Sandbox.tsx';

AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = htmlOf(text);
  result.didProcess = true;
};

createRoot(document.getElementById('root')!).render(<StrictMode><Sandbox /></StrictMode>);
