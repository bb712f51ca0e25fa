import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bundleKeys } from './key-bundle.ts'
import { derive } from './session-tokens.ts'

// From Mozilla's tests of its accounts server.
const token = '808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'
const kA = Buffer.from('202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f', 'hex')

test('a key-fetch token has the id and keys that Mozilla’s has', () => {
  const { id, key, bundleKey } = derive(token, 'fxa-keyfetch')
  assert.equal(id, '3d0a7c02a15a62a2882f76e39b6494b500c022a8816e048625a495718998ba60')
  assert.equal(key.toString('hex'), '87b8937f61d38d0e29cd2d5600b3f4da0aa48ac41de36a0efe84bb4a9872ceb7')
  assert.equal(bundleKey.toString('hex'), '14f338a9e8c6324d9e102d4e6ee83b209796d5c74bb734a410e729e014a4a546')
})

test('keys are bundled as Mozilla bundles them', () => {
  const wrapKb = Buffer.from('404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f', 'hex')
  assert.equal(
    bundleKeys(derive(token, 'fxa-keyfetch').bundleKey, kA, wrapKb),
    'ee5c58845c7c9412b11bbd20920c2fddd83c33c9cd2c2de2d66b222613364636c2c0f8cfbb7c630472c0bd88451342c6' +
      'c05b14ce342c5ad46ad89e84464c993c3927d30230157d0817a077eef4b20d976f7a97363faf3f064c003ada7d01aa70',
  )
})
