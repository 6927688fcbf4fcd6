/** Puts `text` on the clipboard; false if the browser lets nobody do that. */
export async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    const done = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    if (done) return true;
  }
  // Over plain http on an office network there is no clipboard API, only the old command.
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'copying';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}
