// What a table shows of a row; cells that need more than text have a slot `#cell-<key>`.

export interface Column<Row> {
  key: string
  label: string
  value?: (row: Row) => string
  /** The API's name to order by; without it the heading cannot be pressed. */
  sort?: string
  align?: 'right'
  /** On phones a row is a card: its title, what stands beside it, a line of it, or left out. */
  phone?: 'title' | 'aside' | 'line' | 'hide'
}

export interface Filter {
  name: string
  label: string
  choices: { value: string; label: string }[]
  /** What is shown without a choice, if that is not everything. */
  empty?: string
}
