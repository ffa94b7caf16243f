/** Addresses of crypto wallets: by their checksums, or by their shape where something says what they are. */
import { base58, crc16, isBase58Check, isBech32, isStellar } from './wallet-checks.ts';

/** Human parts of Bech32 addresses (SLIP-0173 and the chains' documentation); `lnbc` would be an invoice. */
const bechParts =
  /^(?:bc|tb|bcrt|ltc|tltc|vtc|dgb|grs|btg|cosmos|cosmosvaloper|osmo|juno|akash|kava|secret|terra|inj|sei|celestia|dydx|evmos|stars|axelar|noble|neutron|stride|persistence|regen|band|thor|maya|cro|bnb|tbnb|one|zil|addr|stake|addr_test|stake_test|avax|x-avax|p-avax|erd|iaa|umee|fetch|agoric|nano|ckb|ckt|zs|u|npub)1[02-9ac-hj-np-z]{6,}$/i;

const contextLook = 64;
const contextWords =
  /wallet|address|payout|payment|recipient|receiver|beneficiary|withdraw|deposit|donat|transfer|send|sent|crypto|coin|token|blockchain|solana|\bsol\b|phantom|ledger|monero|\bxmr\b|\bada\b|polkadot|\bdot\b|"to"|"from"|\bto:|\bfrom:|\baccount\b|owner|holder|pubkey|public key|\beth\b|ether|\busdt\b|\busdc\b|adresse|billetera|cartera|portefeuille|carteira|portafoglio|cüzdan|кошел|地址|钱包|錢包|ウォレット|지갑/i;

function isAnnounced(text: string, start: number): boolean {
  return contextWords.test(text.slice(Math.max(0, start - contextLook), start));
}

/** Mixed case and digits: hashes and encoded bytes in one case are no Base58. */
function isMixed(token: string): boolean {
  return /[a-z]/.test(token) && /[A-Z]/.test(token) && /\d/.test(token);
}

const hexAddress = /^0x[0-9a-f]{40}$/i;

/** Not one of the addresses that mean nobody: zero, `dead`, precompiled contracts, and made-up repetitions. */
function isSomebodys(hex: string): boolean {
  return (
    new Set(hex).size > 6 &&
    !/^0{8}|0{20}|(?:dead|beef|cafe){3}|^(.{2,8})\1{3}/.test(hex) &&
    !hex.startsWith('1234567890abcdef')
  );
}

const programBefore = /contract|abi|bytecode|proxy|factory|router|deployed|implementation|\berc-?\d/i;
const programBehind = /^["')\]]?[ ,]{0,3}[(/#-]{0,3}[ ]?(?:[a-z]+ )?contract/i;

/** Mixed case is how wallets write addresses (EIP-55); in one case a word must say what it is. Contracts are nobody's. */
function isHexAddress(text: string, start: number, end: number, hex: string): boolean {
  const lower = hex.toLowerCase();
  if (
    !isSomebodys(lower) ||
    programBefore.test(text.slice(Math.max(0, start - contextLook), start)) ||
    programBehind.test(text.slice(end, end + 32))
  )
    return false;
  return (lower !== hex && hex.toUpperCase() !== hex) || isAnnounced(text, start);
}

function tonAddress(token: string): boolean {
  const bytes = Buffer.from(token, 'base64url');
  return bytes.length === 36 && crc16(bytes.subarray(0, 34)) === bytes.readUInt16BE(34);
}

/**
 * What the token of letters and digits from `start` to `end` is the address of, as a subtype; `undefined` where it is none.
 * The token stands between boundaries and has 25 to 128 characters.
 */
export function walletKind(text: string, start: number, end: number): string | undefined {
  const token = text.slice(start, end);
  const { length } = token;
  if (length === 42 && hexAddress.test(token))
    return isHexAddress(text, start, end, token.slice(2)) ? 'eth' : undefined;
  if (length === 66 && token.startsWith('0x') && !/[^0-9a-f]/i.test(token.slice(2))) {
    return /sui|aptos/i.test(text.slice(Math.max(0, start - contextLook), start)) ? 'move' : undefined;
  }
  if (bechParts.test(token))
    return isBech32(token) ? `bech32_${token.slice(0, token.lastIndexOf('1')).toLowerCase()}` : undefined;
  if (length >= 41 && length <= 43 && /^[qp][02-9ac-hj-np-z]+$/.test(token)) {
    return /(?:bitcoincash:|bch)["'\s:=]*$/i.test(text.slice(Math.max(0, start - contextLook), start))
      ? 'bch'
      : undefined;
  }
  if (length === 56 && /^G[A-Z2-7]+$/.test(token)) return isStellar(token) ? 'xlm' : undefined;
  if (length === 58 && /^[A-Z2-7]+$/.test(token)) return isAnnounced(text, start) ? 'algo' : undefined;
  if (!isMixed(token)) return undefined;
  if (length >= 25 && length <= 36 && token.startsWith('r') && isBase58Check(token, 'ripple')) return 'xrp';
  if (length >= 26 && length <= 36 && isBase58Check(token)) return baseKind(token);
  if ((length === 95 || length === 106) && /^[48]/.test(token)) return base58(token) === undefined ? undefined : 'xmr';
  if (length >= 32 && length <= 44 && isAnnounced(text, start)) {
    const bytes = base58(token);
    if (bytes?.length === 32) return 'sol';
  }
  if (length >= 46 && length <= 48 && /^[1-9A-HJ-NP-Za-km-z]+$/.test(token))
    return isAnnounced(text, start) && base58(token)?.length === 35 ? 'dot' : undefined;
  if (length === 48 && /^[EU]Q/.test(token)) return tonAddress(token) ? 'ton' : undefined;
  if ((length === 103 || length === 104) && /^(?:Ae2|DdzFF)/.test(token)) return 'ada';
  return undefined;
}

/** The chain by the first letters of an address with a right checksum. */
function baseKind(token: string): string {
  const [first = ''] = token;
  const chains: Readonly<Record<string, string>> = {
    '1': 'btc',
    '3': 'btc',
    D: 'doge',
    A: 'doge',
    '9': 'doge',
    L: 'ltc',
    M: 'ltc',
    T: 'trx',
    X: 'dash',
  };
  if (token.startsWith('tz') || token.startsWith('KT')) return 'xtz';
  if (token.startsWith('t1') || token.startsWith('t3')) return 'zec';
  return chains[first] ?? 'base58check';
}
