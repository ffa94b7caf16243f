/** The file that people start: inside an AppImage the program lies in a mount that is gone after this run. */
import { posix } from 'node:path';

/** `executable` unless it lies in an AppImage; what another AppImage left in the environment it started us with is not ours. */
export function startedFile(environment: Readonly<Record<string, string | undefined>>, executable: string): string {
  const { APPIMAGE: image, APPDIR: mount } = environment;
  if (image === undefined || mount === undefined || !posix.isAbsolute(image) || mount === '') return executable;
  return executable.startsWith(posix.join(mount, '/')) ? image : executable;
}
