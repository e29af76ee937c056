/** The address with more behind the query that it may have already. */
export function withQuery(address: string, members: Readonly<Record<string, string>>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(members)) url.searchParams.append(name, value);
  return url.toString();
}
