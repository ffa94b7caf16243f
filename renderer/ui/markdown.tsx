/**
 * What a model wrote, drawn as markdown without its dangers: raw HTML stays text, nothing is fetched, a link shows its true host
 * and opens only where a person clicks it (SEC-30). Load it late: it is large.
 */
import { Component, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { printable } from './copy.tsx';
import { flatten, type TreeNode } from './markdown-depth.ts';

const safeProtocols = ['https:', 'http:', 'mailto:'];

const components: Components = {
  // A picture elsewhere would be fetched as soon as it is drawn, with whatever its address tells.
  img: ({ alt, src }) => (
    <span className="muted">
      [{alt === undefined || alt === '' ? 'image' : alt}
      {typeof src === 'string' ? `: ${hostOf(src)}` : ''}]
    </span>
  ),
  a({ href, children }) {
    const target = safeUrl(href);
    if (target === undefined) return <span>{children}</span>;
    return (
      <>
        <a href={target.href} target="_blank" rel="noopener noreferrer nofollow">
          {children}
        </a>
        {target.host !== '' && <span className="host"> ({target.host})</span>}
      </>
    );
  },
};

export function Markdown({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="markdown wrap-anywhere">
      <AsItIs text={text}>
        <ReactMarkdown
          remarkPlugins={[remarkGfm]}
          rehypePlugins={shallow}
          components={components}
          urlTransform={(url) => safeUrl(url)?.href ?? ''}
        >
          {text}
        </ReactMarkdown>
      </AsItIs>
    </div>
  );
}

const shallow = [() => (tree: TreeNode) => flatten(tree)];

interface AsItIsProps {
  readonly text: string;
  readonly children: ReactNode;
}

/** Text that cannot be read as markdown, such as brackets nested without end, is shown as text: it breaks no page. */
class AsItIs extends Component<AsItIsProps, { readonly text: string; readonly failed: boolean }> {
  override state = { text: this.props.text, failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  /** More of an answer may be readable again. */
  static getDerivedStateFromProps({ text }: AsItIsProps, before: { readonly text: string }) {
    return text === before.text ? null : { text, failed: false };
  }

  override render(): ReactNode {
    const { text, children } = this.props;
    return this.state.failed ? <pre>{printable(text)}</pre> : children;
  }
}

function safeUrl(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return safeProtocols.includes(url.protocol) ? url : undefined;
}

function hostOf(text: string): string {
  return URL.canParse(text) ? new URL(text).host : '';
}
