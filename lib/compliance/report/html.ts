import { printable } from './printable';

const ENTITIES: { readonly [char: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute. */
export function escape(raw: string): string {
  return [...printable(raw)].map((char) => ENTITIES[char] ?? char).join('');
}
