import { GenomeMemory, MEMORY_BYTES } from '../../../worker/genome/genome-memory';

const MIB = 1024 * 1024;
const block = () => Promise.resolve(Buffer.alloc(0));

test('a job of the default size has room for it', () => expect(MEMORY_BYTES).toBeLessThanOrEqual(128 * MIB));

test('blocks get what indexes leave, and the one that was asked for longest ago goes first', () => {
  const memory = new GenomeMemory(10 * MIB);
  for (const key of ['a', 'b', 'c', 'd']) memory.set(key, block(), 2 * MIB);
  void memory.get('a');
  memory.indexRoom('g.fa.fai').keep(4 * MIB);
  expect(['a', 'b', 'c', 'd'].filter((key) => memory.has(key))).toEqual(['a', 'd']);
  memory.set('e', block(), MIB);
  expect(['a', 'd', 'e'].filter((key) => memory.has(key))).toEqual(['a', 'd', 'e']);
});

test('a large index waits while others are read, and is not refused for that', async () => {
  const memory = new GenomeMemory(100 * MIB);
  const [first, second, third] = ['1.fai', '2.fai', '3.fai'].map((name) => memory.indexRoom(name));
  const order: string[] = [];
  await first.take(64 * MIB);
  const waiting = [second, third].map((room, index) => room.take(64 * MIB).then(() => order.push(`${index + 2}`)));
  await memory.indexRoom('small.fai').take(MIB);
  expect(order).toEqual([]);
  first.keep(0);
  await waiting[0];
  expect(order).toEqual(['2']);
  second.release();
  await waiting[1];
  expect(order).toEqual(['2', '3']);
});

test('indexes that do not fit beside those that are kept are refused by name, also those that wait', async () => {
  const memory = new GenomeMemory(100 * MIB);
  const refused = { errorName: 'Pavi.GenomeUnavailable', exitCode: 64, message: expect.stringMatching(/the index [23]\.gzi does not fit into memory beside the other genomes' indexes/) };
  const first = memory.indexRoom('1.gzi');
  await first.take(64 * MIB);
  const waiting = memory.indexRoom('2.gzi').take(64 * MIB);
  first.keep(64 * MIB);
  await expect(waiting).rejects.toMatchObject(refused);
  expect(() => memory.indexRoom('3.gzi').keep(40 * MIB)).toThrow(expect.objectContaining(refused));
  first.release();
  const again = memory.indexRoom('2.gzi');
  await again.take(64 * MIB);
  again.keep(64 * MIB);
});
