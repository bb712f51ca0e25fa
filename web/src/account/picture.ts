/** The person's picture: cut to a square and made small here, so that nothing else in the file is sent. */
import { html, nothing, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { tellChange } from '../firefox/tell.ts'
import { Page } from '../page.ts'
import { button } from '../parts/forms.ts'
import { alert, section } from '../parts/notices.ts'
import { tell } from '../parts/tell.ts'
import { me, reloadMe } from '../session.ts'
import { profileWords } from '../words/account/profile.ts'

/** Pixels of a side. */
const side = 256
/** Bytes that the server takes. */
const most = 256 * 1024

const blobOf = (canvas: HTMLCanvasElement, type: string, quality: number) =>
  new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality))

/** The middle of the picture, as large as it goes, on white: JPEG has no transparency. Throws where it cannot be read. */
async function squareOf(file: ImageBitmapSource): Promise<HTMLCanvasElement> {
  const image = await createImageBitmap(file)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = side
  const context = canvas.getContext('2d')!
  const from = Math.min(image.width, image.height)
  context.fillStyle = '#fff'
  context.fillRect(0, 0, side, side)
  context.imageSmoothingQuality = 'high'
  context.drawImage(image, (image.width - from) / 2, (image.height - from) / 2, from, from, 0, 0, side, side)
  image.close()
  return canvas
}

/** What is sent: WebP, or JPEG where the browser cannot write that. */
async function encoded(canvas: HTMLCanvasElement): Promise<Blob> {
  const webp = await blobOf(canvas, 'image/webp', 0.85)
  const blob = webp?.type === 'image/webp' ? webp : await blobOf(canvas, 'image/jpeg', 0.85)
  if (!blob || blob.size > most) throw new Error('the picture could not be written')
  return blob
}

/** `<essaim-picture>` */
class Picture extends Page {
  static override properties = { ...Page.properties, chosen: { state: true } }
  /** What was chosen and not yet saved. */
  declare chosen: HTMLCanvasElement | undefined

  constructor() {
    super()
    this.chosen = undefined
  }

  async #choose(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0]
    // So that the same file can be chosen again.
    input.value = ''
    if (!file) return
    this.error = ''
    try {
      this.chosen = await squareOf(file)
    } catch {
      this.error = profileWords().picture.unreadable
      return
    }
    const { preview } = profileWords().picture
    this.chosen.setAttribute('role', 'img')
    this.chosen.setAttribute('aria-label', preview)
    await this.updateComplete
    this.querySelector<HTMLElement>('button')?.focus()
  }

  #save(): void {
    const { chosen } = this
    if (!chosen) return
    void this.run(async () => {
      await call('PUT', '/me/avatar', await encoded(chosen))
      this.chosen = undefined
      await reloadMe()
      tellChange()
      tell(profileWords().picture.saved)
      this.#focus()
    })
  }

  #remove(): void {
    void this.run(async () => {
      // Kept for the way back.
      const image = this.querySelector('img')
      const before = image?.complete ? await encoded(await squareOf(image)) : undefined
      await call('DELETE', '/me/avatar')
      await reloadMe()
      tellChange()
      this.#focus()
      const { picture } = profileWords()
      tell(
        picture.removed,
        before
          ? {
              label: picture.undo,
              act: () =>
                this.run(async () => {
                  await call('PUT', '/me/avatar', before)
                  await reloadMe()
                  tellChange()
                  tell(profileWords().picture.restored)
                }),
            }
          : undefined,
      )
    })
  }

  #focus(): void {
    this.querySelector<HTMLElement>('input')?.focus()
  }

  #picture(): TemplateResult {
    const { picture: words } = profileWords()
    const { avatar, name, login } = me()
    if (this.chosen) return html`${this.chosen}`
    if (avatar) return html`<img src=${avatar} alt=${words.alt} width="96" height="96" />`
    return html`<span class="initial" aria-hidden="true">${[...(name || login)][0]?.toUpperCase()}</span>`
  }

  protected override render() {
    const { picture: words } = profileWords()
    const { busy } = this
    return section(
      words.title,
      html`<div class="picture">
          ${this.#picture()}
          <div>
            ${
              this.chosen
                ? html`<p>${words.preview}</p>
                    <div class="actions">
                      ${button({ label: words.save, kind: 'primary', busy, onClick: () => this.#save() })}
                      ${button({
                        label: words.cancel,
                        disabled: busy,
                        onClick: () => (this.chosen = undefined),
                      })}
                    </div>`
                : html`<div class="actions">
                    <label class="button plain file"
                      ><input
                        type="file"
                        accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
                        @change=${(event: Event) => this.#choose(event.target as HTMLInputElement)}
                      /><span>${words.choose}</span></label
                    >
                    ${
                      me().avatar
                        ? button({ label: words.remove, busy, onClick: () => this.#remove() })
                        : nothing
                    }
                  </div>`
            }
          </div>
        </div>
        ${this.error ? alert(this.error) : nothing}`,
      words.hint,
    )
  }
}
customElements.define('essaim-picture', Picture)
