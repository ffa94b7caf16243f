/** Lists whose order is changed by dragging, with the pointer or with the keyboard, and told to screen readers. */
import {
  closestCenter,
  DndContext,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
  type Announcements,
  type UniqueIdentifier,
} from '@dnd-kit/core';
import {
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import { clsx } from 'clsx';
import { GripVertical } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText, type Text } from '../../text/text.ts';

export interface SortableListProps {
  /** In their order; each once. */
  readonly ids: readonly string[];
  readonly label: string;
  readonly className?: string;
  readonly onMove: (from: number, to: number) => void;
  /** While something is held, Escape lets go of it alone. */
  readonly onHold?: (isHeld: boolean) => void;
  readonly children: ReactNode;
}

export function SortableList({ ids, label, className, onMove, onHold, children }: SortableListProps): ReactNode {
  const text = useText();
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      accessibility={{
        announcements: announcementsFor(ids, text),
        screenReaderInstructions: { draggable: text.t('routes.drag.how') },
      }}
      onDragStart={() => onHold?.(true)}
      onDragCancel={() => onHold?.(false)}
      onDragEnd={({ active, over }) => {
        onHold?.(false);
        const [from, to] = [ids.indexOf(String(active.id)), ids.indexOf(String(over?.id ?? active.id))];
        if (from !== to && from >= 0 && to >= 0) onMove(from, to);
      }}
    >
      <SortableContext items={[...ids]} strategy={verticalListSortingStrategy}>
        <ol className={className} aria-label={label}>
          {children}
        </ol>
      </SortableContext>
    </DndContext>
  );
}

function announcementsFor(ids: readonly string[], { t }: Text): Announcements {
  const place = (id: UniqueIdentifier | undefined): number => ids.indexOf(String(id ?? '')) + 1;
  const count = ids.length;
  return {
    onDragStart: ({ active }) => t('routes.drag.start', { place: place(active.id), count }),
    onDragOver: ({ over }) => (over === null ? undefined : t('routes.drag.over', { place: place(over.id), count })),
    onDragEnd: ({ active, over }) => t('routes.drag.end', { place: place(over?.id ?? active.id), count }),
    onDragCancel: ({ active }) => t('routes.drag.cancel', { place: place(active.id) }),
  };
}

export interface SortableItemProps {
  readonly id: string;
  /** `Move route smart`. */
  readonly handleLabel: string;
  readonly className?: string;
  readonly disabled?: boolean;
  readonly elementId?: string;
  readonly children: ReactNode;
}

export function SortableItem({
  id,
  handleLabel,
  className,
  disabled = false,
  elementId,
  children,
}: SortableItemProps): ReactNode {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    ...{ id, disabled },
  });
  const { t } = useText();
  return (
    <li
      ref={setNodeRef}
      id={elementId}
      className={clsx(className, isDragging && 'routes-held')}
      style={{
        ...(transform === null ? {} : { transform: `translate3d(0, ${Math.round(transform.y)}px, 0)` }),
        ...(transition === undefined ? {} : { transition }),
      }}
    >
      <button
        type="button"
        ref={setActivatorNodeRef}
        className="routes-handle"
        {...attributes}
        {...listeners}
        disabled={disabled}
        aria-label={handleLabel}
        aria-roledescription={t('routes.drag.role')}
        title={handleLabel}
      >
        <GripVertical size={15} aria-hidden />
      </button>
      {children}
    </li>
  );
}
