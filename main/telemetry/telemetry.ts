/** The room's face: what happened, told after the fact, as figures for Prometheus and as traces and metrics for a collector. */
import type { ExchangeRecord } from '../gateway/exchange.ts';
import type { LogPort, MetricsPort } from '../gateway/ports.ts';
import type { BudgetFigure, HealthNews, LedgerFigure, TelemetrySettings } from './feed.ts';
import { Figures } from './figures.ts';
import { Names, splitTarget, type KnownProvider } from './names.ts';
import type { Otlp } from './otlp.ts';
import { draftExchange } from './spans.ts';

export interface TelemetryOptions {
  readonly settings: TelemetrySettings;
  readonly log: LogPort;
  readonly redact: (text: string) => string;
  /** Of the running config. */
  readonly provider: (id: string) => KnownProvider | undefined;
  /** Asked for when figures are read. */
  readonly budgets: () => readonly BudgetFigure[];
  readonly ledger: () => LedgerFigure;
  readonly isOffline: () => boolean;
}

/** Nothing here throws, and nothing waits. */
export interface Telemetry extends MetricsPort {
  /** A changed config. */
  configure(settings: TelemetrySettings): void;
  exchangeClosed(record: ExchangeRecord): void;
  /** A share of the budget with this id was reached. */
  budgetAlert(budget: string): void;
  healthChanged(news: HealthNews): void;
  /** Sends what waits for the collector, within two seconds. */
  stop(): Promise<void>;
}

/** Exchanges that close while the exporter is being loaded. */
const maxEarly = 1_000;

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const names = new Names(options);
  const figures = new Figures(names);
  const sending = new Sending(options, names);
  let { prometheus } = options.settings;
  sending.configure(options.settings.otlp_endpoint);
  const safely = guard(options.log);
  return {
    configure(settings) {
      ({ prometheus } = settings);
      sending.configure(settings.otlp_endpoint);
    },
    exchangeClosed(record) {
      safely(() => {
        figures.exchange(record);
        sending.exchange(record);
      });
    },
    refused(code) {
      safely(() => {
        figures.refused(code);
      });
    },
    budgetAlert(budget) {
      safely(() => {
        figures.tallies.budgetAlerts.add([names.word('budget', budget)]);
      });
    },
    healthChanged(news) {
      if (news.kind === 'network') return;
      const provider = news.kind === 'target' ? splitTarget(news.target).providerId : news.provider;
      safely(() => {
        figures.tallies.healthChanges.add([names.word('provider', provider), names.word('state', news.to)]);
      });
    },
    async text({ all, running }) {
      if (!prometheus) return undefined;
      const { contentType, exchangeText, processText } = await import('./prometheus.ts');
      const ofProcess = await processText(running, options.ledger());
      if (!all) return { contentType, text: ofProcess };
      const now = { budgets: options.budgets(), isOffline: options.isOffline() };
      return { contentType, text: `${ofProcess}\n${await exchangeText(figures, names, now)}` };
    },
    stop: () => sending.stop(),
  };
}

/** What fails here is worth a line in the log once, and no request. */
function guard(log: LogPort): (work: () => void) => void {
  let isTold = false;
  return (work) => {
    try {
      work();
    } catch (error) {
      if (!isTold) log.error('telemetry failed; this is told once', { error });
      isTold = true;
    }
  };
}

/** The exporter to the collector of the running config, or none. */
class Sending {
  readonly #options: TelemetryOptions;
  readonly #names: Names;
  #endpoint: string | null = null;
  #otlp: Otlp | undefined;
  #loading: Promise<void> | undefined;
  #early: ExchangeRecord[] = [];
  /** Exporters that are sending their last. */
  readonly #ending = new Set<Promise<void>>();

  constructor(options: TelemetryOptions, names: Names) {
    this.#options = options;
    this.#names = names;
  }

  configure(endpoint: string | null): void {
    if (endpoint === this.#endpoint) return;
    this.#retire();
    this.#endpoint = endpoint;
    if (endpoint === null) return;
    const loading = import('./otlp.ts').then(
      ({ createOtlp }) => {
        // Unless another config came meanwhile.
        if (this.#loading === loading) this.#begin(createOtlp({ endpoint, log: this.#options.log }));
      },
      (error: unknown) => {
        this.#options.log.error('telemetry cannot be sent: its exporter does not load', { error });
      },
    );
    this.#loading = loading;
  }

  exchange(record: ExchangeRecord): void {
    if (this.#endpoint === null) return;
    if (this.#otlp !== undefined) this.#otlp.exchange(this.#draft(record));
    else if (this.#early.length < maxEarly) this.#early.push(record);
  }

  async stop(): Promise<void> {
    // While it is being loaded exchanges wait for it.
    await this.#loading;
    this.#retire();
    await Promise.all(this.#ending);
  }

  #begin(otlp: Otlp): void {
    this.#otlp = otlp;
    for (const record of this.#early.splice(0)) otlp.exchange(this.#draft(record));
  }

  #draft(record: ExchangeRecord): ReturnType<typeof draftExchange> {
    return draftExchange(record, { names: this.#names, provider: this.#options.provider });
  }

  #retire(): void {
    const old = this.#otlp;
    this.#endpoint = null;
    this.#loading = undefined;
    this.#otlp = undefined;
    this.#early = [];
    if (old === undefined) return;
    const ending = old.stop().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
