import { spoken } from '../language.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'

export const baseWords = spoken({ en, fr })
