/** Pictures that go along with a prompt, read into data URLs. */
import { newId, type Picture } from './draft.ts';
import { maxPictureBytes } from './convert.ts';

export const pictureTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

export type PictureProblem = 'type' | 'size';

/** Those that can go along, and the names of those that cannot. */
export async function readPictures(files: readonly File[]): Promise<{
  readonly pictures: readonly Picture[];
  readonly refused: readonly { readonly name: string; readonly why: PictureProblem }[];
}> {
  const pictures: Picture[] = [];
  const refused: { name: string; why: PictureProblem }[] = [];
  for (const file of files) {
    if (!pictureTypes.includes(file.type)) refused.push({ name: file.name, why: 'type' });
    else if (file.size > maxPictureBytes) refused.push({ name: file.name, why: 'size' });
    else pictures.push({ id: newId(), name: file.name, url: await dataUrlOf(file) });
  }
  return { pictures, refused };
}

function dataUrlOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error(file.name));
    reader.readAsDataURL(file);
  });
}
