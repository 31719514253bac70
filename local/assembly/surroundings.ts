/** Values that AWS would give and the local runner chooses. */
export type Surroundings = {
  account: string;
  region: string;
  /** Address of a queue at the local SQS server. */
  queueUrl: (queueName: string) => string;
};
