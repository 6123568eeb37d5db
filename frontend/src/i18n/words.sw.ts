import frame from './sw.json'
import type { Words } from '.'
import { gather } from './gather'

export default gather(
  frame,
  import.meta.glob<Words>('../pages/*/sw.json', { eager: true, import: 'default' }),
)
