// What the lists of sites and departments have in common: a form in a dialog, and taking away.

import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { act } from '@/ui/act'
import { toast } from '@/ui/toast'

interface Named {
  name: string
}

export interface Editing<Row> {
  /** In the dialog; `null`: a new one; `undefined`: it is closed. */
  open: Ref<Row | null | undefined>
  saved: () => void
  remove: (row: Row) => Promise<void>
}

/** Words are those of `organisation.<kind>`; `renew` loads what changed. */
export function useEditing<Row extends Named>(
  kind: 'site' | 'department',
  take: (row: Row) => Promise<unknown>,
  renew: () => void,
): Editing<Row> {
  const { t } = useI18n()
  const open = ref() as Ref<Row | null | undefined>

  function saved(): void {
    toast.good(t('ui.saved'))
    open.value = undefined
    renew()
  }

  async function remove(row: Row): Promise<void> {
    const { name } = row
    const question = {
      title: t(`organisation.${kind}.delete.title`, { name }),
      text: t(`organisation.${kind}.delete.text`),
      action: t('ui.delete'),
      danger: true,
    }
    if (await act(question, () => take(row), t('organisation.deleted', { name }))) renew()
  }

  return { open, saved, remove }
}
