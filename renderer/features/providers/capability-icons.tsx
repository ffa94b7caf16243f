/** What a model can do, as pictures with names. */
import { AudioLines, Brain, FileText, Image, Video, Wrench, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { Badge } from '../../ui/controls.tsx';
import { capabilities, type Capability } from './model-filter.ts';

const icons: Readonly<Record<Capability, LucideIcon>> = {
  tools: Wrench,
  reasoning: Brain,
  image: Image,
  audio: AudioLines,
  pdf: FileText,
  video: Video,
};

/** Each has its own place, so that they stand below each other in a column. */
export function CapabilityIcons({ can }: { readonly can: readonly Capability[] }): ReactNode {
  const { t } = useText();
  return (
    <span className="models-can">
      {capabilities.map((one) => {
        const Icon = icons[one];
        return can.includes(one) ? (
          <span key={one} title={t(`models.can.${one}`)}>
            <Icon size={14} aria-hidden />
            <span className="visually-hidden">{t(`models.can.${one}`)}</span>
          </span>
        ) : (
          <span key={one} aria-hidden />
        );
      })}
    </span>
  );
}

export function CapabilityBadges({ can }: { readonly can: readonly Capability[] }): ReactNode {
  const { t } = useText();
  if (can.length === 0) return <span className="muted">{t('models.can.unknown')}</span>;
  return (
    <span className="row wrap">
      {can.map((one) => {
        const Icon = icons[one];
        return (
          <Badge key={one} icon={<Icon size={12} aria-hidden />}>
            {t(`models.can.${one}`)}
          </Badge>
        );
      })}
    </span>
  );
}
