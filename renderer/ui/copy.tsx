/** Copying to the clipboard, and code that can be copied: exactly the bytes that are shown (SEC-31). */
import { clsx } from 'clsx';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import { currentText, useText } from '../text/text.ts';
import { Button, IconButton } from './controls.tsx';

let write = (text: string): Promise<void> => navigator.clipboard.writeText(text);

/** Another way to the clipboard than the page's own, where a page has none: in the desktop app. */
export function setClipboard(other: (text: string) => Promise<void>): void {
  write = other;
}

/** `false`: the browser did not let us; the reader is told. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await write(text);
    return true;
  } catch (error) {
    toast.error(`${currentText().t('error.title')}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

export interface CopyButtonProps {
  /** Made when it is asked for where that is dear. */
  readonly text: string | (() => string | Promise<string>);
  /** Without one it is a button with a picture alone. */
  readonly label?: string;
  /** What the picture alone copies, for those who do not see it; without one `Copy`. */
  readonly name?: string;
  readonly className?: string;
}

export function CopyButton({ text, label, name, className }: CopyButtonProps): ReactNode {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    setCopied(await copyText(typeof text === 'string' ? text : await text()));
  };
  const picture = copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />;
  const shown = copied ? t('common.copied') : (label ?? name ?? t('common.copy'));
  return label === undefined ? (
    <IconButton label={shown} size="small" className={className} onClick={() => void copy()}>
      {picture}
    </IconButton>
  ) : (
    <Button size="small" className={className} onClick={() => void copy()}>
      {picture}
      {shown}
    </Button>
  );
}

/** Text as it is, in a frame, with a button that copies it. Never more than `limit` characters are drawn. */
export function CodeBlock({
  text,
  label,
  wrapped = false,
  limit = 200_000,
}: {
  readonly text: string;
  /** What it is, for screen readers. */
  readonly label: string;
  readonly wrapped?: boolean;
  readonly limit?: number;
}): ReactNode {
  const shown = text.length > limit ? `${text.slice(0, limit)}\n…` : text;
  return (
    <div className={clsx('code', wrapped && 'wrapped')}>
      <CopyButton text={text} className="copy" />
      <pre tabIndex={0} role="region" aria-label={label}>
        {printable(shown)}
      </pre>
    </div>
  );
}

/** Control characters, and those that turn the direction of text around, are shown as what they are (SEC-31). */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
