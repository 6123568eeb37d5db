// The API's one error shape (API-CONTRACT 1), and the same for what never reached the API.

export class ApiError extends Error {
  /** 0: no answer came. */
  readonly status: number
  readonly code: string
  /** Messages by the request's field; nested ones by a dotted path. */
  readonly fields: Record<string, string[]>
  readonly requestId: string

  constructor(
    status: number,
    code: string,
    message: string,
    fields: Record<string, string[]> = {},
    requestId = '',
  ) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.fields = fields
    this.requestId = requestId
  }

  get offline(): boolean {
    return this.status === 0
  }
}

interface Shape {
  error?: {
    code?: string
    message?: string
    fields?: Record<string, string[]>
    request_id?: string
  }
}

export async function errorOf(response: Response): Promise<ApiError> {
  const id = response.headers.get('X-Request-Id') ?? ''
  try {
    const { error } = (await response.clone().json()) as Shape
    if (error) {
      const { code = 'error', message = '', fields = {}, request_id: given = id } = error
      return new ApiError(response.status, code, message, fields, given)
    }
  } catch {
    // A proxy's page, not the API's answer.
  }
  return new ApiError(response.status, 'error', response.statusText, {}, id)
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  // `fetch` rejects with a TypeError when there is no network, or nobody at the other end.
  if (error instanceof TypeError) return new ApiError(0, 'offline', error.message)
  throw error
}
