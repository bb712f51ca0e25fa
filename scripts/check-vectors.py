#!/usr/bin/python3
"""Checks docs/vectors/e2e-v1.json and e2e-v1-passphrase.json against docs/encryption.md, without any of the project's own code.

Needs Debian's python3-cryptography and python3-argon2. Says how many answers were checked; ends with 1 at the
first that differs.
"""
import base64
import copy
import hashlib
import hmac
import json
import pathlib
import re
import struct
import sys
import unicodedata

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

checked = 0


class Refused(Exception):
    """A failure of the scheme; its text is the code."""


def same(what, got, wanted):
    global checked
    checked += 1
    if got != wanted:
        sys.exit(f'{what}: got {got!r}, the vectors say {wanted!r}')


def refuses(what, code, act):
    try:
        act()
    except Refused as refusal:
        same(what, str(refusal), code)
    else:
        same(what, 'no refusal', code)


# Encodings

unhex = bytes.fromhex


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def unb64(text, length=None):
    if not isinstance(text, str) or not re.fullmatch('[A-Za-z0-9_-]*', text) or len(text) % 4 == 1:
        raise Refused('malformed')
    data = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
    if b64(data) != text or (length is not None and len(data) != length):
        raise Refused('malformed')
    return data


def lp(*parts):
    parts = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return b''.join(struct.pack('>H', len(part)) + part for part in parts)


def padded(length):
    wanted = length + 1
    if wanted <= 32:
        return 32
    exponent = wanted.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (wanted + mask) & ~mask


def pad(data):
    return data + b'\x80' + bytes(padded(len(data)) - len(data) - 1)


def unpad(data):
    plain, mark, zeros = data.rpartition(b'\x80')
    if not mark or zeros.strip(b'\0') or padded(len(plain)) != len(data):
        raise Refused('malformed')
    return plain


# Primitives

def label(name):
    return 'essaim/e2e/v1/' + name


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def sha256(data):
    return hashlib.sha256(data).digest()


def extract(salt, secret):
    return mac(salt or bytes(32), secret)


def expand(prk, info, length):
    out, block = b'', b''
    while len(out) < length:
        block = mac(prk, block + info + bytes([len(out) // 32 + 1]))
        out += block
    return out[:length]


def hkdf(secret, info, length=32):
    return expand(extract(b'', secret), info.encode(), length)


def rotate(value, bits):
    return ((value << bits) | (value >> (32 - bits))) & 0xFFFFFFFF


def quarter(state, a, b, c, d):
    for first, second, third, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[first] = (state[first] + state[second]) & 0xFFFFFFFF
        state[third] = rotate(state[third] ^ state[first], bits)


def hchacha20(key, nonce):
    state = list(struct.unpack('<16I', b'expand 32-byte k' + key + nonce))
    for _ in range(10):
        for columns in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)):
            quarter(state, *columns)
        for diagonals in ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(state, *diagonals)
    return struct.pack('<8I', *state[:4], *state[12:])


def xchacha(key, nonce):
    return ChaCha20Poly1305(hchacha20(key, nonce[:16])), bytes(4) + nonce[16:]


def seal(key, nonce, aad, plain):
    cipher, inner = xchacha(key, nonce)
    return cipher.encrypt(inner, plain, aad)


def unseal(key, nonce, aad, sealed, code):
    cipher, inner = xchacha(key, nonce)
    try:
        return cipher.decrypt(inner, sealed, aad)
    except InvalidTag:
        raise Refused(code) from None


def raw(key):
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def x25519(private):
    key = X25519PrivateKey.from_private_bytes(private)
    return key, raw(key.public_key())


def signed_by(pk, signature, data):
    try:
        Ed25519PublicKey.from_public_bytes(pk).verify(signature, data)
        return True
    except (InvalidSignature, ValueError):
        return False


# HPKE (RFC 9180): X25519, HKDF-SHA256, ChaCha20Poly1305

KEM, SUITE = b'KEM\0\x20', b'HPKE\0\x20\0\x01\0\x03'


def labeled_extract(suite, salt, name, secret):
    return extract(salt, b'HPKE-v1' + suite + name + secret)


def labeled_expand(suite, prk, name, info, length):
    return expand(prk, struct.pack('>H', length) + b'HPKE-v1' + suite + name + info, length)


def hpke_cipher(dh, enc, pk, info, psk, psk_id):
    prk = labeled_extract(KEM, b'', b'eae_prk', dh)
    shared = labeled_expand(KEM, prk, b'shared_secret', enc + pk, 32)
    context = bytes([1 if psk else 0])
    context += labeled_extract(SUITE, b'', b'psk_id_hash', psk_id)
    context += labeled_extract(SUITE, b'', b'info_hash', info)
    secret = labeled_extract(SUITE, shared, b'secret', psk)
    key = labeled_expand(SUITE, secret, b'key', context, 32)
    return ChaCha20Poly1305(key), labeled_expand(SUITE, secret, b'base_nonce', context, 12)


def hpke_open(private, enc, info, aad, sealed, code, psk=b'', psk_id=b''):
    key, pk = x25519(private)
    try:
        dh = key.exchange(X25519PublicKey.from_public_bytes(enc))
        cipher, nonce = hpke_cipher(dh, enc, pk, info, psk, psk_id)
        return cipher.decrypt(nonce, sealed, aad)
    except (InvalidTag, ValueError):
        raise Refused(code) from None


def hpke_seal(ephemeral, pk, info, aad, plain, psk=b'', psk_id=b''):
    key, enc = x25519(ephemeral)
    dh = key.exchange(X25519PublicKey.from_public_bytes(pk))
    cipher, nonce = hpke_cipher(dh, enc, pk, info, psk, psk_id)
    return enc, cipher.encrypt(nonce, plain, aad)


# Slots, bundle, keyring

SLOT_LABELS = {
    'words': 'slot/recovery',
    'password': 'slot/password',
    'passkey': 'slot/passkey',
    'passphrase': 'slot/passphrase',
}


def slot_secret(given):
    """Kind, private key, public key, key of idmac."""
    if given['kind'] == 'device':
        private, vouch = unhex(given['privateKey']), unhex(given['macKey'])
    else:
        secret, name = unhex(given['secret']), label(SLOT_LABELS[given['kind']])
        private, vouch = hkdf(secret, name), hkdf(secret, name + '/mac')
    return given['kind'], private, x25519(private)[1], vouch


def require(condition):
    if not condition:
        raise Refused('malformed')


def is_text(value, least, most):
    return isinstance(value, str) and least <= len(value.encode('utf-16-le')) // 2 <= most


def is_whole(value, least):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**53


def parse(bundle):
    require(isinstance(bundle, dict) and bundle.get('v') == 1 and isinstance(bundle.get('keyring'), dict))
    require(is_text(bundle.get('account'), 1, 200))
    require(is_whole(bundle.get('revision'), 1) and is_whole(bundle.get('epoch'), 1))
    unb64(bundle.get('identity'), 32)
    require(isinstance(bundle.get('slots'), list))
    if len(bundle['slots']) > 64:
        raise Refused('too-many-slots')
    for slot in bundle['slots']:
        require(isinstance(slot, dict) and isinstance(slot.get('sealed'), dict))
        require(slot.get('kind') in ('password', 'passkey', 'words', 'passphrase', 'device'))
        require(isinstance(slot.get('id'), str) and re.fullmatch('[A-Za-z0-9_-]{1,64}', slot['id']))
        require('label' not in slot or is_text(slot['label'], 1, 100))
        params = slot.get('params', {})
        require(isinstance(params, dict) and len(params) <= 16)
        for name, value in params.items():
            require(re.fullmatch('[a-z0-9-]{1,64}', name) and is_text(value, 0, 1024))
        require(is_whole(slot.get('created'), 0))
        for member in ('pk', 'idmac'):
            unb64(slot.get(member), 32)
        unb64(slot['sealed'].get('enc'), 32)
        unb64(slot['sealed'].get('ct'), 48)
    unb64(bundle['keyring'].get('n'), 24)
    unb64(bundle['keyring'].get('c'))
    unb64(bundle.get('signature'), 64)
    ids = [slot['id'] for slot in bundle['slots']]
    require(ids and len(set(ids)) == len(ids))
    require([slot['kind'] for slot in bundle['slots']].count('passphrase') <= 1)
    if len(json.dumps(bundle, ensure_ascii=False, separators=(',', ':')).encode()) > 262144:
        raise Refused('too-large')


def signed_bytes(bundle):
    slots = b''.join(
        lp(
            slot['id'],
            slot['kind'],
            slot.get('label', ''),
            lp(*(part for pair in sorted(slot.get('params', {}).items()) for part in pair)),
            slot['created'],
            unb64(slot['pk']),
            unb64(slot['idmac']),
            unb64(slot['sealed']['enc']),
            unb64(slot['sealed']['ct']),
        )
        for slot in bundle['slots']
    )
    keyring = unb64(bundle['keyring']['n']) + unb64(bundle['keyring']['c'])
    identity = unb64(bundle['identity'])
    place = (bundle['account'], bundle['revision'], bundle['epoch'])
    return lp(label('bundle'), *place, identity, sha256(slots), sha256(keyring))


def open_bundle(bundle, secret, account, memory=None):
    parse(bundle)
    if bundle['account'] != account:
        raise Refused('wrong-account')
    kind, private, pk, vouch = secret
    alike = [slot for slot in bundle['slots'] if slot['kind'] == kind]
    if not alike:
        raise Refused('no-slot')
    slot = next((slot for slot in alike if unb64(slot['pk']) == pk), None)
    if slot is None:
        raise Refused('wrong-secret')
    identity = unb64(bundle['identity'])
    if mac(vouch, identity) != unb64(slot['idmac']):
        raise Refused('identity-changed')
    if memory and memory['identity'] != bundle['identity']:
        raise Refused('identity-changed')
    if not signed_by(identity, unb64(bundle['signature']), signed_bytes(bundle)):
        raise Refused('signature')
    if memory:
        revisions, epochs = (bundle[name] - memory[name] for name in ('revision', 'epoch'))
        if revisions < 0 or epochs < 0:
            raise Refused('rolled-back')
        if epochs > revisions or (revisions == 0 and bundle['signature'] != memory['signature']):
            raise Refused('forked')
    aad = lp(account, bundle['epoch'], slot['id'], kind, identity)
    enc, ct = (unb64(slot['sealed'][member]) for member in ('enc', 'ct'))
    amk = hpke_open(private, enc, label('slot/seal').encode(), aad, ct, 'damaged')
    n, c = (unb64(bundle['keyring'][member]) for member in ('n', 'c'))
    place = lp(label('keyring'), account, bundle['epoch'], bundle['revision'])
    keyring = json.loads(unpad(unseal(amk, n, place, c, 'damaged')))
    seed = Ed25519PrivateKey.from_private_bytes(unb64(keyring['identity'], 32))
    if raw(seed.public_key()) != identity:
        raise Refused('identity-changed')
    return amk, keyring


# Passwords, pairing, records

def stretch(password, login, parameters):
    return argon2(password, parameters, 'password-salt', login.lower())


def argon2(text, parameters, salt, whose):
    require(parameters['algorithm'] == 'argon2id')
    for name, floor, bound in (('memory', 19456, 1048576), ('passes', 2, 16), ('lanes', 1, 16)):
        require(is_whole(parameters[name], -(2**53)))
        if parameters[name] < floor:
            raise Refused('parameters-too-weak')
        if parameters[name] > bound:
            raise Refused('parameters-too-strong')
    salt = sha256(lp(label(salt), unb64(parameters['salt'], 16), whose))[:16]
    plain = unicodedata.normalize('NFKC', text).encode()
    memory, passes, lanes = (parameters[name] for name in ('memory', 'passes', 'lanes'))
    return plain, salt, hash_secret_raw(plain, salt, passes, memory, lanes, 32, Type.ID)


def passphrase_parameters(params):
    require(params.get('algorithm') == 'argon2id')
    numbers = {name: params.get(name, '') for name in ('memory', 'passes', 'lanes')}
    require(all(re.fullmatch('[1-9][0-9]{0,8}', number) for number in numbers.values()))
    read = {name: int(number) for name, number in numbers.items()}
    return {'algorithm': 'argon2id', 'salt': params.get('salt'), **read}


ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'


def parse_code(typed):
    code = unicodedata.normalize('NFKC', typed.rpartition('#')[2])
    code = ''.join(c for c in code if not c.isspace() and unicodedata.category(c) != 'Pd').upper()
    code = code.replace('O', '0').replace('I', '1').replace('L', '1')
    if len(code) != 20 or any(c not in ALPHABET for c in code):
        raise Refused('code-malformed')
    return code


def check_offer(code, offer):
    if mac(hkdf(code.encode(), label('pair/mac')), unb64(offer['pk'], 32)) != unb64(offer['mac'], 32):
        raise Refused('pairing-refused')


def open_answer(code, private, answer):
    meeting = hkdf(code.encode(), label('pair/id'), 16)
    psk = hkdf(code.encode(), label('pair/psk'))
    aad = lp(meeting, x25519(private)[1])
    info, psk_id = label('pair/seal').encode(), lp(label('pair/psk'), meeting)
    enc, ct = unb64(answer['enc'], 32), unb64(answer['ct'])
    return json.loads(unpad(hpke_open(private, enc, info, aad, ct, 'pairing-refused', psk, psk_id)))


def open_record(case):
    envelope = case['envelope']
    if envelope['k'] != f"{case['collection']}#{case['number']}":
        raise Refused('record-damaged')
    places = (f"col:{case['collection']}", f"rec:{case['record']}", f"key:{case['number']}")
    aad = lp(label('rec'), *places)
    n, c = unb64(envelope['n'], 24), unb64(envelope['c'])
    return unpad(unseal(unhex(case['key']), n, aad, c, 'record-damaged'))


# The file

def check_primitives(vectors):
    for case in vectors['hkdf']:
        out = unhex(case['out'])
        same('hkdf', hkdf(unhex(case['secret']), case['label'], len(out)), out)
    for case in vectors['lp']:
        same('lp', lp(*case['parts']).hex(), case['out'])
    for case in vectors['padding']:
        same('padding', padded(case['length']), case['padded'])
    for case in vectors['pad']:
        same('pad', pad(unhex(case['plain'])).hex(), case['out'])
        same('unpad', unpad(unhex(case['out'])).hex(), case['plain'])
    for case in vectors['unpadRefused']:
        refuses('unpad', 'malformed', lambda: unpad(unhex(case)))
    inner = vectors['xchacha']['hchacha']
    same('hchacha', hchacha20(unhex(inner['key']), unhex(inner['nonce'])).hex(), inner['out'])
    case = {name: unhex(value) for name, value in vectors['xchacha']['aead'].items()}
    same('xchacha', seal(case['key'], case['nonce'], case['aad'], case['pt']), case['ct'])
    for given in vectors['rfc9180']['vectors']:
        case = {name: unhex(value) for name, value in given.items() if name != 'mode'}
        bound = (case['info'], case['aad'])
        psk = (case.get('psk', b''), case.get('pskId', b''))
        sealed = hpke_seal(case['skEm'], case['pkRm'], *bound, case['pt'], *psk)
        same('hpke seal', sealed, (case['enc'], case['ct']))
        same('hpke open', hpke_open(case['skRm'], case['enc'], *bound, case['ct'], '', *psk), case['pt'])


def check_secrets(vectors):
    identity = vectors['identity']
    seed = hkdf(unhex(identity['secret']), identity['label'])
    same('identity seed', seed.hex(), identity['seed'])
    same('identity', raw(Ed25519PrivateKey.from_private_bytes(seed).public_key()).hex(), identity['pk'])
    for case in vectors['slots']:
        _, _, pk, vouch = slot_secret(case)
        same('slot', (pk.hex(), mac(vouch, unhex(case['identity'])).hex()), (case['pk'], case['idmac']))
    same('prf', sha256(vectors['prf']['text'].encode()).hex(), vectors['prf']['input'])
    for case in vectors['password']:
        plain, salt, secret = stretch(case['password'], case['login'], case['parameters'])
        same('password', plain.hex(), case['normalized'])
        same('salt', salt.hex(), case['mixedSalt'])
        same('argon2', secret.hex(), case['secret'])
        same('auth', b64(hkdf(secret, label('password/auth'))), case['auth'])
        same('pk', b64(slot_secret({'kind': 'password', 'secret': secret.hex()})[2]), case['pk'])
    for case in vectors['passwordRefused']:
        refuses('parameters', case['code'], lambda: stretch('x', 'x', case['parameters']))
    for case in vectors['words']['phrases']:
        bits = ''.join(f'{index:011b}' for index in case['indices'])
        entropy = int(bits[:128], 2).to_bytes(16, 'big')
        same('words', entropy.hex(), case['entropy'])
        same('checksum', int(bits[128:], 2), sha256(entropy)[0] >> 4)
        same('auth', b64(hkdf(entropy, label('words/auth'))), case['auth'])
        same('pk', b64(slot_secret({'kind': 'words', 'secret': entropy.hex()})[2]), case['pk'])
    sync = vectors['sync']
    key = unb64(sync['key'], 32)
    same('k', b64(hkdf(key, 'identity.mozilla.com/picl/v1/oldsync', 64)), sync['k'])
    same('kid', f"{sync['made']}-{b64(sha256(key)[:16])}", sync['kid'])


def check_passphrase(vectors):
    for case in vectors['hkdf']:
        same('hkdf', hkdf(unhex(case['secret']), case['label']).hex(), case['out'])
    for case in vectors['passphrase']:
        given = (case['passphrase'], case['parameters'], 'passphrase-salt', case['account'])
        plain, salt, secret = argon2(*given)
        found = (plain.hex(), salt.hex(), secret.hex())
        same('passphrase', found, (case['normalized'], case['mixedSalt'], case['secret']))
        same('pk', b64(slot_secret({'kind': 'passphrase', 'secret': secret.hex()})[2]), case['pk'])
    for case in vectors['parameters']:
        same('parameters', passphrase_parameters(case['params']), case['parameters'])
    for case in vectors['parametersRefused']:
        act = lambda: argon2('x', passphrase_parameters(case['params']), 'passphrase-salt', 'x')
        refuses('parameters', case['code'], act)


def check_records(vectors):
    for case in vectors['records']['sealed']:
        same('record', open_record(case).decode(), case['json'])
    for case in vectors['records']['refused']:
        refuses(case['name'], case['code'], lambda: open_record(case))
    for case in vectors['records']['blindIds']:
        key = hkdf(unhex(case['key']), label('blind-id'))
        same('blind id', b64(mac(key, case['natural'].encode())[:16]), case['id'])


def check_bundles(vectors):
    secrets = {name: slot_secret(given) for name, given in vectors['secrets'].items()}
    for name, case in vectors['bundles'].items():
        bundle = case['bundle']
        same(f'signed bytes of {name}', signed_bytes(bundle).hex(), case['signed'])
        for secret in case['opens']:
            amk, keyring = open_bundle(bundle, secrets[secret], bundle['account'], bundle)
            same(f'{name} by {secret}', (amk.hex(), keyring), (case['amk'], case['keyring']))
    for case in vectors['refused']:
        bundle = copy.deepcopy(vectors['bundles'][case['bundle']]['bundle'])
        for change in case['changes']:
            *above, last = change['path']
            target = bundle
            for step in above:
                target = target[step]
            target[last] = change['value']
        memory = vectors['bundles'][case['memory']]['bundle'] if 'memory' in case else None
        secret = secrets[case['secret']]
        refuses(case['name'], case['code'], lambda: open_bundle(bundle, secret, case['account'], memory))


def check_pairing(vectors):
    case = vectors['pairing']
    code, private = case['code'], unhex(case['privateKey'])
    for typed in case['typed']:
        same('code', parse_code(typed), code)
    for typed in case['malformed']:
        refuses('code', 'code-malformed', lambda: parse_code(typed))
    for name, member, length in (('id', 'id', 16), ('psk', 'psk', 32), ('mac', 'macKey', 32)):
        same(name, hkdf(code.encode(), label('pair/' + name), length).hex(), case[member])
    same('pk', b64(x25519(private)[1]), case['offer']['pk'])
    check_offer(code, case['offer'])
    for refused in case['offersRefused']:
        refuses(refused['name'], 'pairing-refused', lambda: check_offer(code, refused['offer']))
    opened, known = open_answer(code, private, case['answer']), vectors['bundles'][case['bundle']]
    bundle = known['bundle']
    memory = {name: bundle[name] for name in ('identity', 'epoch', 'revision', 'signature')}
    wanted = {'v': 1, 'account': bundle['account'], 'amk': b64(unhex(known['amk'])), 'memory': memory}
    same('answer', opened, wanted)
    for refused in case['answersRefused']:
        act = lambda: open_answer(code, private, refused['answer'])
        refuses(refused['name'], 'pairing-refused', act)


def main():
    folder = pathlib.Path(__file__).parent.parent / 'docs/vectors'
    read = lambda name: json.loads((folder / name).read_text(encoding='utf-8'))
    vectors, passphrase = read('e2e-v1.json'), read('e2e-v1-passphrase.json')
    for check in (check_primitives, check_secrets, check_records, check_bundles, check_pairing):
        check(vectors)
    for check in (check_passphrase, check_bundles):
        check(passphrase)
    print(f'{checked} answers checked')


main()
