import { createHash, randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { AppError } from '#shared/errors/app-error';
import { useEnglishMessages } from '#shared/http/english-messages';
import { type HttpHandler, httpHandler } from '#shared/http/http-handler';
import { makeAuthenticate } from '#shared/identity/authenticate';
import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';
import type { ObjectStore } from '../../../services/files/ports';
import { zlibCodec } from '../../../services/files/providers/zlib-codec';
import type { InspectDeps } from '../../../services/files/use-cases/inspect-upload';
import { wireService } from '../../../services/files/wire-service';
import { FAKE_JWT_SECRET } from '../fake-identity';
import { makeKeptLog } from '../kept-log';
import { wideLimits } from '../wide-limits';

export interface FilesServiceParts {
  /** As tandem_files. */
  readonly database: Database;
  readonly objects: ObjectStore;
  readonly supabaseUrl?: string;
  readonly allowedOrigins?: readonly string[];
}

export interface FilesService {
  readonly handler: HttpHandler;
  /** Ids of files that were to be looked at, in order. */
  readonly ordered: string[];
  /** Set to have the queue fail. */
  readonly queue: { isAway: boolean };
  /** For looking at them by hand. */
  readonly inspection: InspectDeps;
}

/** The files service as deployed, with a queue that only writes down. */
export const makeFilesService = ({
  database,
  objects,
  supabaseUrl = 'http://supabase.test',
  allowedOrigins = ['https://shop.example.test'],
}: FilesServiceParts): FilesService => {
  useEnglishMessages();
  const { log } = makeKeptLog();
  const ordered: string[] = [];
  const queue = { isAway: false };
  const now = Date.now;
  const verifyAccessToken = makeVerifyAccessToken({
    supabaseUrl,
    jwtSecret: FAKE_JWT_SECRET,
    now,
    loadKeySet: async () => ({ keys: [] }),
  });
  const service = wireService({
    database,
    objects,
    orderInspection: async (id) => {
      if (queue.isAway) throw new AppError('queue_unavailable');
      ordered.push(id);
    },
    onLeft: () => undefined,
    authenticate: makeAuthenticate({ database, verifyAccessToken, now }),
    allowedOrigins,
    limiter: wideLimits(database).limiter,
    now,
    makeId: randomUUID,
  });
  return {
    handler: httpHandler({ log, service: async () => service }),
    ordered,
    queue,
    inspection: {
      database,
      objects,
      codec: zlibCodec,
      hash: (bytes) => createHash('sha256').update(bytes).digest('hex'),
    },
  };
};
