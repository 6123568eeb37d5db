// A file as a form: `api.PUT('/api/v1/me/avatar/', asForm(file))`.

export const PICTURES = 'image/png,image/jpeg,image/webp'
export const PAPERS = `${PICTURES},application/pdf`
export const MAX_OCTETS = 8 * 1024 * 1024

export function asForm(file: File) {
  return {
    // The schema says text where a file is meant.
    body: { file: file as unknown as string },
    bodySerializer: () => {
      const form = new FormData()
      form.append('file', file, file.name)
      return form
    },
  }
}
