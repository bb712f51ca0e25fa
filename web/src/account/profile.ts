/** What others may see of the person, her language, her name here, and leaving. */
import { html, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { rememberLanguage } from '../account-language.ts'
import { tellChange } from '../firefox/tell.ts'
import { Page } from '../page.ts'
import { field, select, submit, submitted } from '../parts/forms.ts'
import { wide } from '../parts/frame.ts'
import { alert, section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { me, reloadMe } from '../session.ts'
import { profileWords } from '../words/account/profile.ts'
import { language, setLanguage, type Language } from '../words/language.ts'
import './leave.ts'
import './picture.ts'
import './rename.ts'

class Profile extends Page {
  #saveName(name: string): void {
    void this.run(async () => {
      await call('PUT', '/me/profile', { name: name.trim() })
      await reloadMe()
      tellChange()
      tell(profileWords().name.saved)
    })
  }

  #name(): TemplateResult {
    const { name: words } = profileWords()
    return section(
      words.title,
      html`<form @submit=${submitted(({ name = '' }) => this.#saveName(name))}>
        ${field({
          name: 'name',
          label: words.field,
          hint: words.hint,
          autocomplete: 'name',
          maxlength: 100,
          value: me().name,
        })}
        ${this.error ? alert(this.error) : ''} ${submit(words.save, { busy: this.busy })}
      </form>`,
    )
  }

  #language(): TemplateResult {
    const { language: words } = profileWords()
    const change = async (wanted: Language) => {
      setLanguage(wanted)
      tell(profileWords().language.saved)
      await rememberLanguage(wanted)
    }
    return section(
      words.title,
      select({
        name: 'language',
        label: words.field,
        value: language(),
        options: [
          { value: 'en', label: words.en },
          { value: 'fr', label: words.fr },
        ],
        onChange: (value) => void change(value as Language),
      }),
    )
  }

  protected override render() {
    const words = profileWords()
    return wide(
      words.title,
      '/account/profile',
      html`<p class="intro">${words.lead}</p>
        ${this.#name()}<essaim-picture></essaim-picture>${this.#language()}<essaim-rename></essaim-rename
        ><essaim-leave></essaim-leave>`,
    )
  }
}
customElements.define('essaim-profile', Profile)
