/** The pages there are: path, name, picture, and where each is loaded from. */
import {
  Activity,
  ChartColumn,
  House,
  Laptop,
  MessagesSquare,
  Route,
  Server,
  Settings,
  ShieldCheck,
  type LucideIcon,
} from 'lucide-react';
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { MessageKey } from './text/text.ts';

export interface PageEntry {
  /** First word of its link: `sluice://open/activity`. */
  readonly path: string;
  readonly label: MessageKey;
  readonly icon: LucideIcon;
  /** Second key after `g`. */
  readonly shortcut: string;
  readonly component: LazyExoticComponent<ComponentType>;
}

const load = (from: () => Promise<ComponentType>): LazyExoticComponent<ComponentType> =>
  lazy(async () => ({ default: await from() }));

export const pages: readonly PageEntry[] = [
  {
    path: '/',
    label: 'page.home',
    icon: House,
    shortcut: 'h',
    component: load(async () => (await import('./features/overview/page.tsx')).HomePage),
  },
  {
    path: '/activity',
    label: 'page.activity',
    icon: Activity,
    shortcut: 'a',
    component: load(async () => (await import('./features/traffic/page.tsx')).ActivityPage),
  },
  {
    path: '/usage',
    label: 'page.usage',
    icon: ChartColumn,
    shortcut: 'u',
    component: load(async () => (await import('./features/usage/page.tsx')).UsagePage),
  },
  {
    path: '/clients',
    label: 'page.clients',
    icon: Laptop,
    shortcut: 'c',
    component: load(async () => (await import('./features/keys/page.tsx')).ClientsPage),
  },
  {
    path: '/models',
    label: 'page.models',
    icon: Server,
    shortcut: 'm',
    component: load(async () => (await import('./features/providers/page.tsx')).ModelsPage),
  },
  {
    path: '/routes',
    label: 'page.routes',
    icon: Route,
    shortcut: 'r',
    component: load(async () => (await import('./features/routes/page.tsx')).RoutesPage),
  },
  {
    path: '/policies',
    label: 'page.policies',
    icon: ShieldCheck,
    shortcut: 'p',
    component: load(async () => (await import('./features/policies/page.tsx')).PoliciesPage),
  },
  {
    path: '/playground',
    label: 'page.playground',
    icon: MessagesSquare,
    shortcut: 'y',
    component: load(async () => (await import('./features/playground/page.tsx')).PlaygroundPage),
  },
  {
    path: '/settings',
    label: 'page.settings',
    icon: Settings,
    shortcut: 's',
    component: load(async () => (await import('./features/settings/page.tsx')).SettingsPage),
  },
];

/** The first minutes: no page of the sidebar. */
export const welcomePage = {
  path: '/welcome',
  component: load(async () => (await import('./features/welcome/page.tsx')).WelcomePage),
} as const;

/** The small window at the tray icon: a page without a frame around it. */
export const popoverPage = {
  path: '/popover',
  component: load(async () => (await import('./features/popover/page.tsx')).PopoverPage),
} as const;
