// What JSON cannot carry: values that would come back as something else are refused on the way in.

/**
 * Whether `JSON.stringify` would quietly change the value: NaN and infinities become null, dates text, maps and sets nothing,
 * and an undefined element of a list null. An undefined property is merely left out, which is what optional fields mean by it.
 */
export function isLostInJson(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined': return false;
    case 'number': return !Number.isFinite(value);
    case 'object': return value !== null && isObjectLostInJson(value);
    default: return true;
  }
}

function isObjectLostInJson(value: object): boolean {
  if (Array.isArray(value)) return Array.from(value).some(v => v === undefined || isLostInJson(v)); // Array.from sees holes, which `some` skips
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype !== Object.prototype && prototype !== null) || Object.values(value).some(isLostInJson);
}
