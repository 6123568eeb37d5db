// What people know the organisation by: its logo and its colour. The page brought them along;
// whoever changes them sees it at once.

import { reactive } from 'vue'

import { boot } from './boot'

export const brand = reactive({ logo: boot.logo, colour: boot.colour })

/** The line of water at the edge of the frame takes the colour; no text stands on it. */
export function paint(colour: string): void {
  brand.colour = colour
  const { style } = document.documentElement
  if (colour) style.setProperty('--waterline', colour)
  else style.removeProperty('--waterline')
}

paint(boot.colour)
