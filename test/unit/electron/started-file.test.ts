import { describe, expect, it } from 'vitest';
import { startedFile } from '../../../main/electron/started-file.ts';

describe('the file that people start', () => {
  it('is the AppImage where the program lies in its mount', () => {
    const environment = { APPIMAGE: '/apps/Sluice.AppImage', APPDIR: '/tmp/.mount_Sluice' };
    expect(startedFile(environment, '/tmp/.mount_Sluice/sluice')).toBe('/apps/Sluice.AppImage');
    expect(startedFile({ ...environment, APPDIR: '/tmp/.mount_Sluice/' }, '/tmp/.mount_Sluice/sluice')).toBe(
      '/apps/Sluice.AppImage',
    );
  });

  it.each([
    [{}],
    [{ APPIMAGE: '/apps/Terminal.AppImage', APPDIR: '/tmp/.mount_Term' }],
    [{ APPIMAGE: '/apps/Terminal.AppImage', APPDIR: '/opt/Slu' }],
    [{ APPIMAGE: '/apps/Terminal.AppImage', APPDIR: '' }],
    [{ APPIMAGE: '/apps/Terminal.AppImage' }],
    [{ APPIMAGE: 'relative', APPDIR: '/opt/Sluice' }],
  ])('is the program itself where that is not so: %j', (environment) => {
    expect(startedFile(environment, '/opt/Sluice/sluice')).toBe('/opt/Sluice/sluice');
  });
});
