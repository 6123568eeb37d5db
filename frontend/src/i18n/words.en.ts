import frame from './en.json'
import type { Words } from '.'
import { gather } from './gather'

export default gather(
  frame,
  import.meta.glob<Words>('../pages/*/en.json', { eager: true, import: 'default' }),
)
