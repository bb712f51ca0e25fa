/** The second form of a mail: the same words, with links that can be followed. Nothing in it is fetched. */
import type { Language } from '../core/ports.ts'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escape = (text: string) => text.replace(/[&<>"']/g, (one) => escapes[one] ?? one)

const isLink = (line: string) => /^https?:\/\/[^\s<>"']+$/.test(line)

const line = (text: string) => (isLink(text) ? `<a href="${escape(text)}">${escape(text)}</a>` : escape(text))

/** Paragraphs stand between empty lines. */
export function mailHtml({
  subject,
  text,
  language,
}: {
  subject: string
  text: string
  language: Language
}): string {
  const paragraphs = text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => `<p>${paragraph.split('\n').map(line).join('<br>\n')}</p>`)
  return [
    '<!doctype html>',
    `<html lang="${language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escape(subject)}</title></head>`,
    '<body style="font: 16px/1.5 sans-serif; max-width: 36em; margin: 1.5em auto; padding: 0 1em">',
    ...paragraphs,
    '</body></html>',
    '',
  ].join('\n')
}
