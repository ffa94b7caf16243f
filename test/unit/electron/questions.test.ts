import { EventEmitter } from 'node:events';
import type { BaseWindow, Dialog, MessageBoxOptions, MessageBoxReturnValue } from 'electron';
import { describe, expect, it } from 'vitest';
import { createOpenExternal } from '../../../main/electron/open-external.ts';
import { questionsOn } from '../../../main/electron/questions.ts';
import { english, keptLog } from './support.ts';

function asking(window: EventEmitter | undefined) {
  const asked: (readonly [on: unknown, options: MessageBoxOptions])[] = [];
  const answers: PromiseWithResolvers<MessageBoxReturnValue>[] = [];
  const showMessageBox = (...given: unknown[]): Promise<MessageBoxReturnValue> => {
    asked.push([given.length > 1 ? given[0] : undefined, given.at(-1) as MessageBoxOptions]);
    const answer = Promise.withResolvers<MessageBoxReturnValue>();
    answers.push(answer);
    return answer.promise;
  };
  const dialog = { showMessageBox } as Pick<Dialog, 'showMessageBox'>;
  return { asked, answers, questions: questionsOn(dialog, () => window as unknown as BaseWindow | undefined) };
}

const question: MessageBoxOptions = { message: 'Really?', buttons: ['Yes', 'No'], cancelId: 1 };

describe('a question', () => {
  it('is asked on the window that people see, where it holds up nothing', async () => {
    const window = new EventEmitter();
    const { asked, answers, questions } = asking(window);
    const answer = questions.showMessageBox(question);
    expect(asked).toEqual([[window, question]]);
    answers[0]?.resolve({ response: 0, checkboxChecked: true });
    expect(await answer).toEqual({ response: 0, checkboxChecked: true });
    expect(window.listenerCount('closed')).toBe(0);
  });

  it('stands alone where there is none', async () => {
    const { asked, answers, questions } = asking(undefined);
    const answer = questions.showMessageBox(question);
    expect(asked).toEqual([[undefined, question]]);
    answers[0]?.resolve({ response: 0, checkboxChecked: false });
    expect((await answer).response).toBe(0);
  });

  it('is answered by closing its window: no', async () => {
    const window = new EventEmitter();
    const { questions } = asking(window);
    const answer = questions.showMessageBox(question);
    window.emit('closed');
    expect(await answer).toEqual({ response: 1, checkboxChecked: false });
  });

  it('whose window is gone does not keep others from being asked', async () => {
    const window = new EventEmitter();
    const { asked, questions } = asking(window);
    const opened: string[] = [];
    const open = createOpenExternal({
      shell: { openExternal: async (url) => void opened.push(url) },
      ...{ dialog: questions, text: () => english, log: keptLog() },
    });
    const first = open('https://one.example/');
    window.emit('closed');
    expect(await first).toBe(false);
    void open('https://two.example/');
    expect(asked.map(([, { detail }]) => detail)).toEqual(['https://one.example/', 'https://two.example/']);
    expect(opened).toEqual([]);
  });
});
