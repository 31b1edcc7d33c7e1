// Brings to people what they must see next, wherever a long form is scrolled to.

/** To be given as `ref` to something that has just appeared. */
export function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}

/** Puts the focus on the first field at fault, once React has drawn which ones are. */
export function focusFault(form: HTMLElement | null): void {
  setTimeout(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), 0);
}

/** What a Field needs to show the sentence about what is wrong with it, if there is one. */
export function fault(sentence: string | undefined): { validationMessage?: string } {
  return sentence === undefined ? {} : { validationMessage: sentence };
}
