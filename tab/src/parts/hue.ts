// What people call a colour of the theme, for tests that hold colours against the words of features.md.
import type { Theme } from '@fluentui/react-components';

/** `token` is a custom property of the theme, as Fluent's `tokens` name it. */
export function hue(theme: Theme, token: string): 'grey' | 'red' | 'orange' | 'yellow' | 'green' | 'blue' {
  const hex = String(theme[/--(\w+)/.exec(token)![1] as keyof Theme]);
  const [r, g, b] = [1, 3, 5].map(at => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as [number, number, number];
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)];
  if (most - least < 0.1) return 'grey';
  const sixth = most === r ? (g - b) / (most - least) : most === g ? 2 + (b - r) / (most - least) : 4 + (r - g) / (most - least);
  const degrees = (sixth * 60 + 360) % 360;
  if (degrees < 15 || degrees > 330) return 'red';
  if (degrees < 42) return 'orange';
  if (degrees < 70) return 'yellow';
  return degrees < 170 ? 'green' : 'blue';
}
