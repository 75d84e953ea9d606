import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { MAX_SHARE_CHARACTERS, ShareIdentifier } from '../compute/share-identifier';
import { ErrorName } from '../contract/error-names';
import { BEGUN, RunProgress, RunStage, shortened, uncheckedJobId } from '../progress/run-progress';
import { EXECUTION_INPUT, jsonata, literal } from '../states/jsonata';

/** The variable that has the run's share, where its input may name one. */
export const SHARE_VARIABLE = 'share';

const SHARE = `${EXECUTION_INPUT}.share`;
const GIVEN = `$exists(${SHARE}) and ${SHARE} != null`;
const MAX_SHOWN = 80;

/** An expression: whether the input names no share, or one that Batch takes. Written without `^` and `$`, which differ between JSONata's implementations. */
export function isShareValid(): string {
  return `${GIVEN} ? ($type(${SHARE}) = "string"
    ? ${SHARE} != "" and $length(${SHARE}) <= ${MAX_SHARE_CHARACTERS} and $not($contains(${SHARE}, /[^A-Za-z0-9]/)) : false) : true`;
}

/** An expression for the cause of a run whose share is not valid. */
export function invalidShare(): string {
  return `"1 problem: share must be 1 to ${MAX_SHARE_CHARACTERS} letters or digits, got " & $substring($string(${SHARE}), 0, ${MAX_SHOWN})`;
}

/** Before the run is planned: refuses a share that Batch would refuse, and remembers the run's. Its input goes on as it is. */
export function chooseShare(scope: Construct, share: ShareIdentifier, progress: RunProgress, next: sfn.IChainable): sfn.IChainable {
  const choose = sfn.Pass.jsonata(scope, 'ChooseShare', {
    assign: { [SHARE_VARIABLE]: jsonata(`${GIVEN} ? ${SHARE} : ${literal(share.identifier)}`) },
  }).next(next);
  const fail = sfn.Fail.jsonata(scope, 'InvalidShare', { error: ErrorName.INVALID_INPUT, cause: jsonata(invalidShare()) });
  const invalid = progress.before('RecordInvalidShare', RunStage.ERROR, {
    ...BEGUN,
    texts: { ...BEGUN.texts, completed_at: '$now()', error_message: shortened(`"${ErrorName.INVALID_INPUT}: " & ${invalidShare()}`) },
  }, fail, uncheckedJobId());
  return sfn.Choice.jsonata(scope, 'IsShareValid')
    .when(sfn.Condition.jsonata(jsonata(isShareValid())), choose)
    .otherwise(invalid);
}
