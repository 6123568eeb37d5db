// Where entries wait: IndexedDB, which outlives the page, the browser and the battery. It belongs
// to the host, so another tenant's page has another one.

export interface Problem {
  status: number
  message: string
  fields: Record<string, string[]>
}

export interface Entry {
  id: number
  /** Whose it is: tenant and user. Nobody else sends or sees it. */
  owner: string
  /** Made once; the API does the work of one key once. */
  key: string
  /** Which form it came from, for whoever waits for it: `customer`. */
  kind: string
  /** What the user knows it by. */
  title: string
  path: string
  body: unknown
  at: string
  tries: number
  /** Why the API does not want it; null: it waits to be sent. */
  problem: Problem | null
}

export type NewEntry = Omit<Entry, 'id'>

export interface Store {
  /** In the order in which they were added. */
  list(owner: string): Promise<Entry[]>
  add(entry: NewEntry): Promise<Entry>
  put(entry: Entry): Promise<void>
  remove(id: number): Promise<void>
}

const NAME = 'wificore'
const TABLE = 'queue'

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'))
  })
}

/** Done when it is on the disk, not when it was asked for. */
function kept(change: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    change.oncomplete = () => resolve()
    change.onerror = () => reject(change.error ?? new Error('IndexedDB'))
    change.onabort = () => reject(change.error ?? new Error('IndexedDB'))
  })
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1)
  request.onupgradeneeded = () => {
    const table = request.result.createObjectStore(TABLE, { keyPath: 'id', autoIncrement: true })
    table.createIndex('owner', 'owner')
  }
  return asked(request)
}

export function indexedStore(): Store {
  let opened: Promise<IDBDatabase> | undefined

  async function database(): Promise<IDBDatabase> {
    opened ??= open().catch((error: unknown) => {
      opened = undefined
      throw error
    })
    const found = await opened
    // Another page wants to change its shape, or the browser closed it.
    found.onversionchange = () => found.close()
    found.onclose = () => (opened = undefined)
    return found
  }

  async function write<T>(change: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const options = { durability: 'strict' } as const
    const transaction = (await database()).transaction(TABLE, 'readwrite', options)
    const done = kept(transaction)
    const result = await asked(change(transaction.objectStore(TABLE)))
    await done
    return result
  }

  return {
    async list(owner) {
      const table = (await database()).transaction(TABLE).objectStore(TABLE)
      return asked<Entry[]>(table.index('owner').getAll(owner))
    },
    async add(entry) {
      const id = await write((table) => table.add(entry))
      return { ...entry, id: id as number }
    },
    put: async (entry) => void (await write((table) => table.put(entry))),
    remove: async (id) => void (await write((table) => table.delete(id))),
  }
}
