/** Words of signing in. */
export const en = {
  title: 'Sign in',
  login: 'Name',
  password: 'Password',
  signIn: 'Sign in',
}
