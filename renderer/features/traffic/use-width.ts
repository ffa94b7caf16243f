/** How wide an element is, in rem: columns and panels follow the text size as well as the window. */
import { useLayoutEffect, useState, type RefObject } from 'react';

/** 0 until it is drawn. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const measure = (): void => {
      setWidth(Math.floor(current.clientWidth / parseFloat(getComputedStyle(document.documentElement).fontSize)));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
