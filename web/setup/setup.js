// The page of the first run: sends the token of its address, a login and a password, and says what came of it.
const form = document.querySelector('form')
const alert = document.querySelector('[role=alert]')
const button = form.querySelector('button')
const token = location.hash.slice(1)
const words = form.dataset

// The token is worth an account: it must not stay in the history.
history.replaceState(null, '', location.pathname)

if (token === '') alert.textContent = words.noToken
form.hidden = false
// The browser looked for what has `autofocus` while the form was hidden.
form.querySelector('[autofocus]').focus()

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  alert.textContent = ''
  button.disabled = true
  try {
    const { login, password } = Object.fromEntries(new FormData(form))
    const answer = await fetch('setup', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token, login, password }),
    })
    if (answer.ok) {
      form.hidden = true
      const done = document.querySelector('#done')
      done.hidden = false
      done.focus()
      return
    }
    const { reason } = await answer.json().catch(() => ({}))
    alert.textContent = words[reason] ?? words.failed
  } catch {
    alert.textContent = words.failed
  } finally {
    button.disabled = false
  }
})
