/** The one merchant account of the double. */
export const merchant = { email_address: 'merchant@tandem.example', merchant_id: 'TANDEMSELLER1' } as const;
