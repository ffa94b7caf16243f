/** Calls about what only a desktop has: preferences, tray, links, updates. Elsewhere they answer `control.unsupported`. */
import { z } from 'zod';
import { languages } from '../text/words.ts';
import { call } from './call.ts';

export const noticeKinds = [
  /** A budget reached a share of its limit. */
  'budget',
  /** At this pace the month ends over its budget. */
  'projection',
  /** A provider is down and another serves. */
  'provider',
  /** All targets of a route failed. */
  'route',
  /** A digest of what was masked. */
  'masked',
  /** A team bundle changed something that is in use, or was refused. */
  'bundle',
  /** A client was disconnected or no longer comes through us. */
  'client',
  /** A model in use has no price. */
  'price',
  'update',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is HH:MM');

/** Anything else would take a key away from typing, everywhere. */
const shortcutPattern =
  /^(?=.{1,64}$)(?:F(?:[1-9]|1\d|2[0-4])|(?:[A-Za-z]+\+)*(?:CommandOrControl|CmdOrCtrl|Command|Cmd|Control|Ctrl|Alt|Option|Super|Meta)\+(?:[A-Za-z]+\+)*\S{1,16})$/;
const shortcutRule =
  'a shortcut is a function key, or has Control, Command, Alt or Super in it: CommandOrControl+Shift+G';

/** What one person wants of this desktop; in no config, for it is nobody else's business. */
export const desktopPreferences = z.strictObject({
  /** `system`: the language of the desktop where there is a catalogue for it. */
  language: z.enum(['system', ...languages]),
  theme: z.enum(['system', 'light', 'dark']),
  open_at_login: z.boolean(),
  /** Beside the icon, where the system draws it (macOS): what was spent today, or which share of the budget. */
  tray_title: z.enum(['off', 'spend', 'share']),
  /** The icon fills with today's budget. */
  tray_meter: z.boolean(),
  /** Opens the window from anywhere, as Electron writes it: `CommandOrControl+Shift+G`. `null`: none. */
  shortcut: z.string().regex(shortcutPattern, shortcutRule).nullable(),
  notices: z.record(z.enum(noticeKinds), z.boolean()),
  /** No notifications from one to the other, over midnight too. */
  quiet_hours: z.strictObject({ from: timeOfDay, to: timeOfDay }).nullable(),
  /** `notify`: looks once a day and says so. `automatic`: fetches too, and installs with the next start. */
  updates: z.enum(['off', 'notify', 'automatic']),
});
export type DesktopPreferences = z.output<typeof desktopPreferences>;

export const desktopPreferencesChange = desktopPreferences
  .partial()
  .extend({ notices: z.partialRecord(z.enum(noticeKinds), z.boolean()).optional() });
export type DesktopPreferencesChange = z.output<typeof desktopPreferencesChange>;

export const updateState = z.strictObject({
  /** This build can find updates on this system. */
  supported: z.boolean(),
  /** Why not, for people; `null` where it can. */
  reason: z.string().nullable(),
  /** `notify only` systems stay at `available`: there the package manager, or a person, installs. */
  state: z.enum(['idle', 'checking', 'available', 'downloading', 'ready', 'failed']),
  /** The newer one. */
  version: z.string().nullable(),
  /** 0…1 while downloading. */
  progress: z.number().nullable(),
  /** ISO 8601. */
  last_checked_at: z.string().nullable(),
  /** Why the last check or download failed, for people. */
  error: z.string().nullable(),
});
export type UpdateState = z.output<typeof updateState>;

/** What is asked of the system, read back from it: never assumed from what was wanted (UX-61). */
export const desktopState = z.strictObject({
  platform: z.enum(['darwin', 'win32', 'linux']),
  preferences: desktopPreferences,
  login: z.strictObject({ opens: z.boolean(), supported: z.boolean(), reason: z.string().nullable() }),
  tray: z.strictObject({ shown: z.boolean(), reason: z.string().nullable() }),
  shortcut: z.strictObject({ registered: z.boolean(), reason: z.string().nullable() }),
  updates: updateState,
  /** Started with the least it needs after crashing again and again; why, for people. */
  safe_mode: z.string().nullable(),
});
export type DesktopState = z.output<typeof desktopState>;

/** A `sluice://` link that waits for people to decide (SEC-25). */
export const linkReview = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('join'), url: z.string(), host: z.string() }),
  z.strictObject({
    kind: z.literal('provider'),
    provider_kind: z.string(),
    name: z.string().nullable(),
    base_url: z.string().nullable(),
    /** Its address looks like one of a vendor and is not; the vendor's own. */
    looks_like: z.string().nullable(),
  }),
]);
export type LinkReview = z.output<typeof linkReview>;

export const copyKinds = ['base_url', 'openai_env', 'anthropic_env', 'key'] as const;
export type CopyKind = (typeof copyKinds)[number];

export const desktopCalls = {
  'desktop.state': call(z.strictObject({}), desktopState),
  'desktop.set': call(desktopPreferencesChange, desktopState),
  /**
   * Copies; what holds a key mints a new one, named `name`, and is cleared from the clipboard after thirty seconds unless
   * something else was copied since. The key is in the clipboard and in no reply.
   */
  'desktop.copy': call(
    z.strictObject({ what: z.enum(copyKinds), name: z.string().min(1).max(64).optional() }),
    z.strictObject({ cleared_after_s: z.int().nullable() }),
  ),
  /** Copies for the window, whose pages have no permission of their own. A key of ours in it is cleared likewise. */
  'desktop.copy_text': call(
    z.strictObject({ text: z.string().max(10_000_000) }),
    z.strictObject({ cleared_after_s: z.int().nullable() }),
  ),
  /** Opens a web page or a mail in the program for it, after people agreed to its host. */
  'desktop.open_external': call(
    z.strictObject({ url: z.string().max(2_048) }),
    z.strictObject({ opened: z.boolean() }),
  ),
  /** Opens the window, or brings it to the front, on this page: `/activity?outcome=failed`. */
  'desktop.show': call(
    z.strictObject({
      path: z
        .string()
        .max(2_048)
        .regex(/^\/(?!\/)[^\\\s\p{Cc}]*$/u, 'a page begins with /, and an address has neither spaces nor \\')
        .default('/'),
    }),
    z.strictObject({ shown: z.boolean() }),
  ),
  /** Closes the window; the gateway stays. */
  'desktop.close_window': call(z.strictObject({}), z.strictObject({})),
  /** The link that waits for a decision. */
  'desktop.link': call(z.strictObject({}), z.strictObject({ link: linkReview.nullable() })),
  /** It was decided: no link waits any more. What it leads to are calls of their own. */
  'desktop.link_done': call(z.strictObject({}), z.strictObject({})),
  'updates.check': call(z.strictObject({}), updateState),
  /** Ends this app as `quit` does and starts the newer one. `control.refused` unless one is ready. */
  'updates.install': call(z.strictObject({}), updateState),
};
