/** Whether the palette or the sheet of shortcuts is open. */
import { create } from 'zustand';

type Overlay = 'palette' | 'shortcuts';

interface OverlayState {
  readonly open: Overlay | undefined;
}

export const useOverlays = create<OverlayState>()(() => ({ open: undefined }));

export const openPalette = (): void => useOverlays.setState({ open: 'palette' });
export const openShortcuts = (): void => useOverlays.setState({ open: 'shortcuts' });
export const closeOverlay = (): void => useOverlays.setState({ open: undefined });
