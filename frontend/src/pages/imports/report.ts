// The result of an import's job (radius/imports/report.py).

export interface Fault {
  line: number
  field: string
  message: string
}

export interface Report {
  dry_run: boolean
  rows: number
  created: number
  updated: number
  bad_rows: number
  /** More than `errors` has: a job's result is short. */
  errors_total: number
  errors: Fault[]
}

export function reportOf(result: unknown): Report | null {
  const found = result as Partial<Report> | null
  return found && typeof found.rows === 'number' && Array.isArray(found.errors)
    ? (found as Report)
    : null
}

export const TEMPLATE =
  'username,password,plan,name,phone,status,expires_at\r\n' +
  'amina,a-router-password,Daily 5 Mbps,Amina Otieno,+254712345678,active,\r\n'

/** The whole list of what is wrong, for the one who mends the file. */
export function faultsCsv(faults: Fault[]): string {
  const cell = (text: string | number) => `"${String(text).replace(/"/g, '""')}"`
  const lines = faults.map(({ line, field, message }) => [line, field, message].map(cell).join(','))
  return ['line,field,message', ...lines].join('\r\n')
}
