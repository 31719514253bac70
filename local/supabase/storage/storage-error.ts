/** An error in the words of Supabase Storage: 400 for the client, what is meant in the body. */
export function storageError(statusCode: number, error: string, message: string): Response {
  const headers = { 'access-control-allow-origin': '*' };
  return Response.json({ statusCode: String(statusCode), error, message }, { status: 400, headers });
}
