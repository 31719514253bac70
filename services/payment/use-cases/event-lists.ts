import type { Provider } from '../domain/provider-scale';
import type { ListProviderEvents, ReadProviderEvent } from '../ports';

/** What it takes to read the providers' event lists. */
export interface EventLists {
  readonly listEvents: Readonly<Record<Provider, ListProviderEvents>>;
  /**
   * A reader for one page: it asks a provider once for a thing that several events are about. `onCall` is told of each call.
   */
  readonly readTogether: (onCall: () => void) => ReadProviderEvent;
}
