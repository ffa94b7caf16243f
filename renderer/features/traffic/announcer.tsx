/** Tells screen readers of new rows, where that is asked for, and seldom enough to be borne (UX-82). */
import { useEffect, useState, type ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import { usePreferences } from '../../state/preferences.ts';
import { useText } from '../../text/text.ts';

const everyMs = 5_000;

export function Announcer(): ReactNode {
  const isOn = usePreferences((state) => state.announceActivity);
  return isOn ? <Announcements /> : null;
}

function Announcements(): ReactNode {
  const { t } = useText();
  const [told, setTold] = useState({ closed: useLive.getState().closedCount, fresh: 0 });
  useEffect(() => {
    const timer = setInterval(() => {
      const { closedCount } = useLive.getState();
      setTold((before) =>
        closedCount === before.closed ? before : { closed: closedCount, fresh: closedCount - before.closed },
      );
    }, everyMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <p className="visually-hidden" role="status">
      {told.fresh > 0 && t('traffic.announce', { count: told.fresh })}
    </p>
  );
}
