/** What a route does, in short phrases: only what is other than usual is said. */
import type { Text } from '../../text/text.ts';
import { fallbackReasons, reasonsOf, type WrittenReason, type WrittenRoute } from './draft.ts';

/** What leads to the next target, as one sentence; `undefined` where there is no other. */
export function fallbackText(route: WrittenRoute, text: Text): string | undefined {
  if (route.targets.length < 2) return undefined;
  const { t, locale } = text;
  const reasons = reasonsOf(route);
  if (reasons.length === 0) return t('routes.fallback.never');
  const words = [
    ...fallbackReasons.filter((reason) => reasons.includes(reason)).map((reason) => t(`routes.reason.${reason}`)),
    ...reasons.filter((reason) => typeof reason !== 'string').map((rule) => ruleText(rule, text)),
  ];
  return t('routes.fallback.after', { reasons: new Intl.ListFormat(locale, { type: 'disjunction' }).format(words) });
}

export function ruleText(rule: Exclude<WrittenReason, string>, { t }: Text): string {
  const { status, body } = rule;
  if (status === undefined) return t('routes.reason.body', { body: body ?? '' });
  return body === undefined ? t('routes.reason.status', { status }) : t('routes.reason.both', { status, body });
}

/** Marks of what else was set. */
export function marksOf(route: WrittenRoute, { t, duration, money }: Text): readonly string[] {
  const marks: string[] = [];
  const { on_break: onBreak, max_attempts: attempts, session_affinity: session, hedge, cache, objective } = route;
  if (objective !== undefined)
    marks.push(typeof objective === 'string' ? t(`routes.objective.${objective}`) : t('routes.objective.own'));
  if (attempts !== undefined) marks.push(t('routes.mark.attempts', { count: attempts }));
  if (onBreak !== undefined && onBreak !== 'fail') marks.push(t(`routes.mark.break.${onBreak}`));
  if (session?.scope === 'none') marks.push(t('routes.mark.noSession'));
  if (hedge !== undefined) {
    const after = typeof hedge.after === 'number' ? duration(hedge.after) : hedge.after;
    marks.push(
      hedge.max_extra_cost_usd === undefined
        ? t('routes.mark.hedge', { after })
        : t('routes.mark.hedge.cost', { after, cost: money(hedge.max_extra_cost_usd) }),
    );
  }
  if (cache !== undefined) marks.push(t('routes.mark.cache', { time: duration((cache.ttl_s ?? 3600) * 1_000) }));
  return marks;
}
