/** Where the pages begin. */
import './app.ts'
