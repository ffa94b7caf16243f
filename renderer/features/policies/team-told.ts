/** How pages tell that something with a bundle failed, where no form shows it. */
import { toast } from 'sonner';
import type { CallFailure } from '../../bridge/hooks.ts';
import { currentText } from '../../text/text.ts';
import { errorHeadline, errorMend } from '../../ui/bundle-words.ts';
import { printable } from '../../ui/copy.tsx';

export function failed({ error }: CallFailure): void {
  const { t, language } = currentText();
  const mend = errorMend(error);
  const description = language === 'en' || mend === undefined ? printable(error.message) : t(mend);
  toast.error(t(errorHeadline(error)), { description });
}
