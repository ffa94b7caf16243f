/** Answers about team bundles: whom this installation follows, what that sets, and what would come of it. */
import type { ControlNeeds } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function bundleHandlers({ running }: ControlNeeds): Handlers {
  const bundles = running?.bundles;
  if (bundles === undefined) return {};
  return {
    'bundles.list': () => bundles.list(),
    'bundles.preview': (input) => bundles.preview(input),
    'bundles.join': (input) => bundles.join(input),
    'bundles.confirm_trust': (input) => bundles.confirmTrust(input),
    'bundles.leave': (input) => bundles.leave(input),
    'bundles.check': (input) => bundles.check(input),
    'bundles.approve': (input) => bundles.approve(input),
    'bundles.report': (input) => bundles.report(input),
    'bundles.report_preview': (input) => bundles.reportPreview(input),
    'bundles.history': (input) => bundles.history(input),
    'bundles.effective': (input) => bundles.effective(input),
    'bundles.audit': (input) => bundles.audit(input),
  };
}
