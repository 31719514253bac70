/** Which of a provider's two worlds: real money or none. A stage lives in one of them and takes nothing from the other. */
export type ProviderMode = 'live' | 'test';
